// What an operator serves below /static/js/ where it is given this folder.
