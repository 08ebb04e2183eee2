"""A OneFile to practise on: the REST API v2.1 as far as it is known, with every unknown as a switch."""
