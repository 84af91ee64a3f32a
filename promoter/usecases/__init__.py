"""The verbs that both faces call. They read the clock, the environment and files, and pass them down."""
