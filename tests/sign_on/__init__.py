"""Staff sign-on against identity providers that are not ours."""
