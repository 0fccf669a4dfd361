"""What can go wrong between a provider and us. The texts are for the log: no tokens, nothing about people."""


class OpenIdFault(Exception):
    """Signing in did not come about."""


class ProviderAway(OpenIdFault):
    """The provider cannot be reached, or its description or our registration there is wrong."""


class Declined(OpenIdFault):
    """The person turned back at the provider."""


class NotTrusted(OpenIdFault):
    """What came back is not a fresh, rightly signed answer to our own question."""


class TooWeak(OpenIdFault):
    """The person signed in with a weaker means than we ask for."""
