"""The ground of the warehouse: folders and lock, durable writes, raw bytes as they came."""
