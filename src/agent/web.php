<?php
// Stands before the agent in a document root. A web server's clients cannot send the parameters that php-fpm gets
// from a FastCGI client, so the nonce comes as a header here, and with it a secret: without it this file does not exist.
// It is made for one call, and does nothing else for whoever has come by the secret: the operation stands here, and the
// hash is that of the secret and the arguments. Everybody on the machine may be able to read it: it holds no secret.
namespace cachetool;

if (!hash_equals('{digest}', hash('sha256', parameter('HTTP_X_CACHETOOL_SECRET') . "\n" . file_get_contents('php://input')))) {
    http_response_code(404);
    exit;
}
$_SERVER['CACHETOOL_NONCE'] = parameter('HTTP_X_CACHETOOL_NONCE');
$_SERVER['CACHETOOL_OP'] = '{operation}';
