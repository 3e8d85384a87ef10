"""A stand-in for Google on this machine: Calendar, Tasks and sign-in, held to the documents that the client ships.

For the demo and for the tests, which is why it can fail on demand. `server.Google` is the whole; `grants.Grants` is what
its sign-in and its services have in common. Where a behaviour is not in the documents, the module that plays it names the
source, or says that it is unknown.
"""
