"""The clothes: base pages, components, styles, formats, forms, headers."""
