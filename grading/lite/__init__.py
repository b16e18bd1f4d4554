"""The course in a browser tab: a static folder that any host serves."""
