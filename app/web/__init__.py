"""The pages: dashboards over the marts, and the profile of a customer."""
