"""How well content matching finds what real posts say. Measures the product, is no part of it."""
