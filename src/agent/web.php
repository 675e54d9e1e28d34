<?php
// Stands before the agent in a document root. A web server's clients cannot send the parameters that php-fpm gets
// from a FastCGI client, so they come as headers here, and with them a secret: without it this file does not exist.
// Everybody on the machine may be able to read it, so it holds the secret's hash alone.
namespace cachetool;

if (!hash_equals('{secret}', hash('sha256', parameter('HTTP_X_CACHETOOL_SECRET')))) {
    http_response_code(404);
    exit;
}
$_SERVER['CACHETOOL_NONCE'] = parameter('HTTP_X_CACHETOOL_NONCE');
$_SERVER['CACHETOOL_OP'] = parameter('HTTP_X_CACHETOOL_OP');
