print("DigitsDemo")
