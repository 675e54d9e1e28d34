#!/usr/bin/env bash
# docs/integrations/panels.md
# needs: cgi-fcgi useradd /var/www
# shellcheck disable=SC2154  # $scratch is of machine.sh

# Two sites as Plesk has them: a pool for each domain, named for it, run by its user, in one php-fpm.
domain() {
  user "$2"
  mkdir -p "/var/www/vhosts/system/$1" "/home/$2/httpdocs"
  echo '<?php echo "old";' >"/home/$2/httpdocs/index.php"
  touch -d '1 hour ago' "/home/$2/httpdocs/index.php"
  chown -R "$2:" "/home/$2/httpdocs"
  chmod 755 "/home/$2"
  printf '%s\n' "[$1]" "user = $2" "group = $2" "listen = $(socket "$1")" "listen.owner = $2" 'listen.group = www-data' \
    'pm = static' 'pm.max_children = 2' 'php_value[session.save_path] = /tmp' >"/etc/php/8.2/fpm/pool.d/$1.conf"
}
socket() { echo "/var/www/vhosts/system/$1/php-fpm.sock"; }
served() { run_php "/home/$1/httpdocs/index.php" "$(socket "$2")"; }
change() { echo "<?php echo '$2';" >"/home/$1/httpdocs/index.php"; }

domain example.com alice
domain example.org bob
rm /etc/php/8.2/fpm/pool.d/www.conf
echo 'opcache.validate_timestamps = 0' >/etc/php/8.2/fpm/conf.d/99-production.ini
php-fpm8.2 --daemonize
until_true test -S "$(socket example.org)"
same "$(served alice example.com)$(served bob example.org)" oldold

check "root sees the pools" exits 0 bash -c "$(block 'cachetool fpm:list')"
check "by the sockets of the panel" says "example.com *\| $(socket example.com)"
before=$(resets "$(socket example.com)")
lines=$(block 'cachetool opcache:reset --graceful')
change alice new
change bob new
check "root brings all sites up to date" exits 0 bash -c "$(sed -n 1p <<<"$lines")"
check "which serve the new files" same "$(served alice example.com)$(served bob example.org)" newnew
change alice newer
check "or one of them" exits 0 bash -c "$(sed -n 2p <<<"$lines")"
check "which serves it" same "$(served alice example.com)" newer

change alice newest
check "a user brings his own site up to date" exits 0 as alice bash -c "$(block 'cachetool opcache:refresh')"
check "which serves the new file" same "$(served alice example.com)" newest
check "nothing was reset in all this" same "$(resets "$(socket example.com)")" "$before"
change bob own
check "a user's graceful reset empties the cache of all" exits 0 as bob cachetool opcache:reset --graceful
check "and says so" says 'OPcache was reset, because the pool example.com'
check "it was reset" same "$(resets "$(socket example.com)")" "$((before + 1))"
