"""The public feed of the App Store's reviews: its entries, and its Atom."""
