"""The lowest layer of the warehouse: folders, writer lock, durable writes, landed raw bytes."""
