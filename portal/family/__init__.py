"""Whose child: guardians, their dated rights, PINs, and the links between accounts and children."""
