"""The nouns of promoter, frozen and typed; nothing here does I/O."""
