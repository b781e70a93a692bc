"""What readers get: releases, and the copies that are made of them."""
