#!/bin/sh
# Runs one command of t5g as t5g.service would: as its user, with its settings and secrets, on its data.
#   sudo t5gctl doctor
#   sudo t5gctl backup "/var/lib/t5g-backups/t5g-$(date +%F).backup"
# It can write to /var/lib/t5g and /var/lib/t5g-backups alone. How to install it: docs/installing.md.
set -eu
unit=t5gctl-$$
secrets=/run/credentials/$unit.service/t5g
exec systemd-run --quiet --pipe --wait --collect --unit="$unit" \
    --property=DynamicUser=yes --property=User=t5g --property=UMask=0077 \
    --property="StateDirectory=t5g t5g-backups" --property=StateDirectoryMode=0700 \
    --property=WorkingDirectory=/etc/t5g --property=PrivateTmp=yes \
    --property=EnvironmentFile=-/etc/t5g/t5g.env --property=LoadCredential=t5g:/etc/t5g/secrets \
    --setenv=T5G_DATA_DIR=/var/lib/t5g --setenv=T5G_OPS_LISTEN=127.0.0.1:9090 \
    --setenv="secret_key_FILE=${secrets}_secret_key" --setenv="saml_settings_FILE=${secrets}_saml_settings" \
    --setenv="offline_token_FILE=${secrets}_offline_token" --setenv="jira_pass_FILE=${secrets}_jira_pass" \
    /usr/local/bin/t5g "$@"
