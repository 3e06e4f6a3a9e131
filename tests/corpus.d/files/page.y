%token NUMBER
%left '+' '-'
%left '*' '/'
%%
line: | line expr '\n';
expr: NUMBER | expr '+' expr | expr '-' expr | expr '*' expr | expr '/' expr | '(' expr ')';
