"""Excel workbooks from outside, read as a stream: nothing in them is believed, nothing is held whole."""
