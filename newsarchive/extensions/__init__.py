"""Extensions: what lives as long as a crawl."""
