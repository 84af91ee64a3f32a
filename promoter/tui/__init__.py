"""The full-screen face: `start.start` opens it. Importing this package does not import Textual."""
