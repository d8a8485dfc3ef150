"""Where scripts written for the older platform look for the errors of the API client. Everything is in ``vnc_api``."""
