"""What the app knows and can do, below the drawing floors."""
