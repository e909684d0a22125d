"""What tests are built with: warehouses, bodies, servers, clocks."""
