"""When and in what order: steps, command line, Dagster definitions.

Does not belong here: any rule about data; a step calls the layer that knows.
"""
