"""The back-office: pages that read, and that call one function of the pipeline for what people decide."""
