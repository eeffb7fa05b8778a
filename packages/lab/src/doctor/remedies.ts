/** What mends each fault, in the configuration of each proxy. Whole configurations are in docs/proxies.md. */
import type { Fault } from './finding.ts'
import type { ProxyKind } from './proxy-kind.ts'

const longer = {
  nginx: 'proxy_read_timeout 75s;',
  haproxy: 'in "defaults": timeout client 75s, timeout server 75s and timeout tunnel 1h',
  apache: 'ProxyTimeout 75',
  caddy: 'no read_timeout and no response_header_timeout under "transport http", or 75s',
  varnish: 'in vcl_backend_fetch: set bereq.first_byte_timeout = 75s; set bereq.between_bytes_timeout = 75s;',
  squid: 'read_timeout 75 seconds',
}

export const remedies: Readonly<Record<Fault, Readonly<Partial<Record<ProxyKind, string>>>>> = {
  'upgrade-refused': {
    nginx:
      'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;',
    haproxy: 'no rule that deletes the headers Upgrade and Connection',
    apache: 'ProxyPass / http://127.0.0.1:4600/ upgrade=websocket (2.4.47 or later)',
    caddy: 'no "header_up -Upgrade" or "header_up -Connection" in reverse_proxy',
    varnish:
      'in vcl_recv: if (req.http.upgrade) { return (pipe); } and in vcl_pipe: set bereq.http.upgrade = req.http.upgrade;',
    squid: 'http_upgrade_request_protocols websocket allow all',
  },
  'stream-buffered': {
    nginx: 'no "proxy_ignore_headers X-Accel-Buffering", or proxy_buffering off;',
    haproxy: 'no filter that gathers replies',
    apache: 'ProxyPass … flushpackets=on, and no mod_buffer',
    caddy: 'in reverse_proxy: flush_interval -1',
    varnish: 'in vcl_backend_response: no "set beresp.do_stream = false;"',
    squid: 'no adaptation service (icap, ecap) for text/event-stream',
  },
  'stream-compressed': {
    nginx: 'no text/event-stream in gzip_types (and no "gzip_types *")',
    haproxy: 'no text/event-stream in "compression type"',
    apache: 'no text/event-stream in AddOutputFilterByType DEFLATE',
    caddy: 'a matcher for "encode" that leaves text/event-stream out',
    varnish: 'no "set beresp.do_gzip = true;" for text/event-stream',
  },
  'stream-ended': {
    nginx: 'no worker_shutdown_timeout, or a longer one: a reload ends streams after it',
    haproxy: 'no hard-stop-after, or a longer one: a reload ends streams after it',
    apache: 'no GracefulShutdownTimeout, or a longer one',
    caddy: 'in the global options: servers { timeouts { write 0 } }',
    varnish: 'no last_byte_timeout, or a longer one',
    squid: 'client_lifetime 1 day',
  },
  'idle-cut': longer,
  'long-poll-cut': longer,
  cached: {
    nginx: 'no "proxy_ignore_headers Cache-Control" and no proxy_cache_valid for these paths',
    haproxy: 'no "http-request cache-use" for these paths',
    apache: 'no CacheIgnoreCacheControl, CacheStoreNoStore or CacheStorePrivate',
    caddy: 'no cache module for these paths',
    varnish: 'in vcl_backend_response: no "set beresp.ttl" for what says private, no-cache or no-store',
    squid: 'no refresh_pattern with override-expire, ignore-no-store or ignore-private',
  },
}
