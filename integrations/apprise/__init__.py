"""Push through Apprise: one address, and any of the services that it knows."""
