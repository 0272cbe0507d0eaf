"""Student ID Card: to show at school, with a barcode a scanner reads."""
