"""What other systems send in: web shops and survey tools, one small identical package each."""
