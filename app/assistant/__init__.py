"""JSON for the municipality's chatbot: each answer has a sentence to say, its data, and what to ask next.

Takes reports in through the same intake as the form. Keeps no conversation: whoever asks sends all they know.
"""
