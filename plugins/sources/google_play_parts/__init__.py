"""Google Play's two forms of a review: the API's JSON, and the rows of the console's export."""
