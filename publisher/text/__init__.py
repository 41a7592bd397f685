"""Language craft, pure: counting, sentences, typography, threads."""
