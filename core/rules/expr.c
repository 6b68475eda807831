/* expr.c */
int mstc_expr_placeholder(void);
int mstc_expr_placeholder(void) { return 0; }
