/* error.c */
int mstc_placeholder(void);
int mstc_placeholder(void) { return 0; }
