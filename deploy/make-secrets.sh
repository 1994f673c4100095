#!/bin/sh
# Makes the files that compose.yaml and the cluster's secret take secrets from: random ones where they are ours to
# choose, empty ones where they are not. What is there already stays. Usage: sh make-secrets.sh [FOLDER]
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
# Only you can enter the folder; inside containers the single files are read by other users.
mkdir -p "$folder"

random() {
    od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

# put NAME TEXT: writes the file unless it is there.
put() {
    if [ -e "$folder/$1" ]; then
        echo "kept $folder/$1" >&2
    else
        printf '%s\n' "$2" >"$folder/$1"
        chmod 0444 "$folder/$1"
        echo "made $folder/$1" >&2
    fi
}

redis=$(random 24)
postgres=$(random 24)
# Each pair goes together: with only one of the two left, a new other one would not fit.
for pair in "redis_conf documents_url" "postgres_password ledger_url"; do
    set -- $pair
    if [ -e "$folder/$1" ] && [ ! -e "$folder/$2" ] || [ ! -e "$folder/$1" ] && [ -e "$folder/$2" ]; then
        echo "only one of $1 and $2 is in $folder: put the other one back, or remove this one" >&2
        exit 1
    fi
done
put redis_conf "requirepass $redis"
put documents_url "redis://:$redis@cache:6379/0"
put postgres_password "$postgres"
put ledger_url "postgres://t5g:$postgres@database:5432/t5g"
put secret_key "$(random 32)"
put grafana_password "$(random 16)"

missing=
for name in offline_token jira_pass saml_settings; do
    [ -e "$folder/$name" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
    echo "still to be written by you into $folder (chmod 0444):$missing" >&2
fi
