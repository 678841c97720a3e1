# SPDX-License-Identifier: Apache-2.0
package StoryImg::Conf;

# The configuration of a test's httpd, as text.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);

our @EXPORT_OK = qw(httpd user one_child conf_text);

our $PROJECT = abs_path(dirname(__FILE__) . '/../../..');
our $BUILD = abs_path($ENV{STORYIMG_BUILD} // "$PROJECT/build") // "$PROJECT/build";
our $MPM = $ENV{STORYIMG_MPM} // 'event';
our $SAN = $ENV{STORYIMG_SAN} ? 1 : 0;

my @MODULES = qw(unixd authz_core authz_host alias mime dir headers log_config reqtimeout env);
my %THREADS = (
    event => "StartServers 1\nServerLimit 4\nThreadsPerChild 30\nMaxRequestWorkers 60\nMinSpareThreads 1\nMaxSpareThreads 60\n",
    prefork => "StartServers 4\nServerLimit 60\nMaxRequestWorkers 60\nMinSpareServers 2\nMaxSpareServers 60\n",
);
$THREADS{worker} = $THREADS{event};
my (%apxs, $builtin);

sub apxs {
    my ($name) = @_;
    $apxs{$name} //= do {
        my ($tool) = grep { -x } map { ("$_/apxs", "$_/apxs2") } split(/:/, $ENV{PATH}), '/usr/sbin';
        my $value = $tool ? qx($tool -q $name) : '';
        chomp $value;
        $value;
    };
    return $apxs{$name} || die "apxs -q $name says nothing: is apache2-dev (httpd-devel) installed?\n";
}

sub httpd { return $ENV{STORYIMG_HTTPD} // apxs('SBINDIR') . '/' . apxs('PROGNAME') }

# Directives for a server with one child at a time, hence one background worker.
sub one_child {
    return "StartServers 1\nMaxRequestWorkers 1\nMinSpareServers 1\nMaxSpareServers 1\n" if $MPM eq 'prefork';
    return "StartServers 1\nMaxRequestWorkers 30\n";
}

# The user that children run as, or nothing if we are not root.
sub user {
    return if $>;
    my ($user) = grep { defined getpwnam $_ } qw(www-data apache nobody);
    return $user;
}

sub load_lines {
    my ($server) = @_;
    $builtin //= join ' ', map { /^\s+mod_(\w+)\.c/ ? $1 : () } qx(@{[ httpd() ]} -l);
    my $folder = apxs('LIBEXECDIR');
    my @names = grep { " $builtin " !~ / $_ / } "mpm_$MPM", @MODULES, @{ $server->{modules} };
    my @lines = map { "LoadModule ${_}_module $folder/mod_$_.so" } @names;
    push @lines, "LoadModule storyimg_module $BUILD/.libs/mod_storyimg.so" if $server->{module};
    return join "\n", @lines, '';
}

# Where children can reach the helper program: in the build folder, or, if that is closed to them, a copy.
sub pixel_program {
    my ($server) = @_;
    my ($program, $open) = ("$BUILD/storyimg-pixel", 1);
    for (my $folder = $BUILD; $folder ne '/'; $folder = dirname($folder)) {
        $open &&= ((stat $folder)[2] // 0) & 1;
    }
    return $program if $open || $>;
    system('cp', $program, "$server->{root}/storyimg-pixel") if !-e "$server->{root}/storyimg-pixel";
    return "$server->{root}/storyimg-pixel";
}

sub default_lines {
    my ($server, $folder) = @_;
    return '' if !$server->{module} || !$server->{defaults};
    my $mount = defined $server->{api} ? qq{<Location "$server->{api}">\n    SetHandler storyimg\n</Location>\n} : '';
    return $mount . <<"END";
Alias "/generated/" "$folder/generated/"
<Directory "$folder/generated">
    Require all granted
    Options None
    AllowOverride None
    SetHandler default-handler
    Header always set X-Content-Type-Options nosniff
</Directory>
StoryImgGeneratedDir "$folder/generated"
StoryImgStateDir "$folder/storyimg-state"
StoryImgSave on
StoryImgMinFree 1M
StoryImgPixelProgram "@{[ pixel_program($server) ]}"
StoryImgPrices "$PROJECT/conf/prices.json"
END
}

sub site_lines {
    my ($server, $site) = @_;
    return qq{<VirtualHost 127.0.0.1:$server->{port}>\nServerName $site->{name}\n}
        . default_lines($server, "$server->{root}/$site->{name}") . "$site->{conf}\n</VirtualHost>\n";
}

sub base_lines {
    my ($server) = @_;
    my $root = $server->{root};
    my $user = user();
    my $identity = !$user ? '' : "User $user\nGroup #" . (getpwnam $user)[3] . "\n" . ($SAN ? "CoreDumpDirectory $root/san\n" : '');
    return <<"END" . $identity;
ServerRoot "$root"
ServerName 127.0.0.1
Listen 127.0.0.1:$server->{port}
PidFile "$root/run/httpd.pid"
DefaultRuntimeDir "$root/run"
Mutex sem
ErrorLog "$root/error.log"
LogLevel info@{[ $server->{module} ? ' storyimg:debug' : '' ]}
DocumentRoot "$root/htdocs"
TypesConfig /dev/null
AddType image/png .png
AddType image/jpeg .jpg
AddType image/webp .webp
AddType text/html .html
$THREADS{$MPM}GracefulShutdownTimeout 20
Timeout 60
KeepAliveTimeout 5
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory "$root/htdocs">
    Require all granted
</Directory>
END
}

# The whole file for a StoryImg::Server.
sub conf_text {
    my ($server) = @_;
    my $conf = join "\n", load_lines($server), base_lines($server), default_lines($server, $server->{root}), $server->{conf},
        map { site_lines($server, $_) } @{ $server->{vhosts} };
    my %known = (ROOT => $server->{root}, PORT => $server->{port}, PROJECT => $PROJECT);
    $conf =~ s/\@(ROOT|PORT|PROJECT)\@/$known{$1}/g;
    return $conf;
}

1;
