define(`double', `eval($1 * 2)')double(21)
esyscmd(`echo from a shell')
