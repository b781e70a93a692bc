{{ union_feed('order_lines') }}
