"""DynamoDB and nothing else: keys, codec, reads, commits."""
