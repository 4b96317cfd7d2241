"""What the use-cases ask of the outside world, as Protocols, a module an area; chalicelib/services implements
them.

Every method may raise Unavailable (the dependency is down or overloaded). Times are aware, in UTC.
A Protocol with one user stands beside it.
"""
