#!/bin/sh
# Makes a stand-in for node:24-bookworm-slim where no image registry can be reached: Debian from its own mirror, the
# given Node, this machine's npm. For trying the Dockerfile, never for publishing.
# Use: seed-base.sh NODE BUILDAH…   (BUILDAH: the command with its store, `buildah --storage-driver vfs --root DIR …`)
set -eu

node=$1
shift
npm=$(npm root --global)/npm
base=docker.io/library/node:24-bookworm-slim
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

debootstrap --variant=minbase bookworm "$tree" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2
# As in Debian's own slim images: of the documentation, the licences stay.
rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/var/log/*.log \
  "$tree"/usr/share/man "$tree"/usr/share/info "$tree"/usr/share/locale
find "$tree"/usr/share/doc -type f ! -name copyright -delete

# As in Node's: its own folder tree in /usr/local, and a user.
install -m 755 "$node" "$tree/usr/local/bin/node"
echo "Node's licence stands here in Node's image." >"$tree/usr/local/LICENSE"
mkdir -p "$tree/usr/local/lib/node_modules"
cp -R "$npm" "$tree/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$tree/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$tree/usr/local/bin/npx"
chroot "$tree" groupadd --gid 1000 node
chroot "$tree" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
printf '#!/bin/sh\nset -e\nexec "$@"\n' >"$tree/usr/local/bin/docker-entrypoint.sh"
chmod 755 "$tree/usr/local/bin/docker-entrypoint.sh"

container=$("$@" from scratch)
"$@" add --quiet "$container" "$tree" / >&2
"$@" config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  --entrypoint '["docker-entrypoint.sh"]' --cmd node "$container"
"$@" commit --quiet --rm "$container" "$base" >&2
