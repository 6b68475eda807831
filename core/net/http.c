/* http.c */
int mst_http_placeholder(void);
int mst_http_placeholder(void) { return 0; }
