#!/bin/sh
# Makes the files that compose.yaml and the cluster's secret take secrets from: random ones where they are ours to
# choose; the others are named. What is there already stays. Usage: sh make-secrets.sh [FOLDER]
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

# pair HOST FILE PASSWORD ADDRESS URL: a service of compose.yaml, the file with its password, the file with its address.
# They go together: with only one of the two left, a new other one would not fit. An address of another host is yours.
pair() {
    if [ -e "$folder/$4" ] && ! grep -q "@$1:" "$folder/$4"; then
        echo "kept $folder/$4; $4 is of another server than $1, so $2 is not needed" >&2
    elif [ -e "$folder/$2" ] && [ ! -e "$folder/$4" ]; then
        echo "$2 is in $folder, and $4 is not: put it back, or remove $2" >&2
        exit 1
    elif [ ! -e "$folder/$2" ] && [ -e "$folder/$4" ]; then
        echo "$4 is in $folder, and $2 is not: put it back, or remove $4" >&2
        exit 1
    else
        put "$2" "$3"
        put "$4" "$5"
    fi
}

redis=$(random 24)
postgres=$(random 24)
pair cache redis_conf "requirepass $redis" documents_url "redis://:$redis@cache:6379/0"
pair database postgres_password "$postgres" ledger_url "postgres://t5g:$postgres@database:5432/t5g"
put secret_key "$(random 32)"
put grafana_password "$(random 16)"

missing=
for name in offline_token jira_pass saml_settings; do
    [ -e "$folder/$name" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
    echo "still to be written by you into $folder (chmod 0444):$missing" >&2
fi
