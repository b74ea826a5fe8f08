"""Files that run beside us, in interpreters where other tools are installed; nothing of ours loads them."""
