namespace Diecast.Repart.Definitions;

/// <content>Settings that say what is in a partition.</content>
internal sealed partial class SettingsParser
{
    private void TakeCopyBlocks(PartitionSettings settings, SettingLine line)
    {
        if (line.Value.Length == 0)
        {
            (settings.CopyBlocks, settings.CopyBlocksAuto) = (null, false);
            return;
        }

        if (line.Value == "auto")
            (settings.CopyBlocks, settings.CopyBlocksAuto) = (null, true);
        else if (ExpandPath(line, line.Value) is { } path)
            (settings.CopyBlocks, settings.CopyBlocksAuto) = (path, false);
    }

    private void TakeCopyFiles(PartitionSettings settings, SettingLine line)
    {
        List<string> parts = Words.Split(line.Value, ':') ?? throw Refuse(line, "an escape that is none");
        if (parts.Count > 3)
            throw Refuse(line, "more than SOURCE:TARGET:OPTIONS");
        bool keepVerity = false;
        foreach (string option in parts.Count > 2 ? parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            if (option is "fsverity=copy" or "fsverity=off")
                keepVerity = option == "fsverity=copy";
            else
                Warn(line, $"the option {option} is not known, ignored");
        }

        if (ExpandPath(line, parts[0]) is { } source && ExpandPath(line, parts.Count > 1 ? parts[1] : parts[0]) is { } target)
            settings.CopyFiles.Add(new CopyFiles(source, target, keepVerity));
    }

    private void TakeExcludes(List<string> excludes, SettingLine line)
    {
        if (line.Value.Length == 0)
        {
            excludes.Clear();
            return;
        }

        foreach (string word in SplitWords(line))
        {
            if (ExpandPath(line, word, keepTrailingSlash: true) is not { } path)
                return;
            excludes.Add(path);
        }
    }

    private void TakeDirectories(PartitionSettings settings, SettingLine line)
    {
        foreach (string word in SplitWords(line))
        {
            if (ExpandPath(line, word) is { } path && !settings.MakeDirectories.Contains(path))
                settings.MakeDirectories.Add(path);
        }
    }

    private void TakeSymlinks(PartitionSettings settings, SettingLine line)
    {
        foreach (string word in SplitWords(line))
        {
            if (Words.Split(word, ':', quotes: true) is not [var name, var target])
                Warn(line, $"{word} is no PATH:TARGET, ignored");
            else if (ExpandPath(line, name) is { } path && Expand(line, target) is { } meant)
                settings.MakeSymlinks.Add((path, meant));
        }
    }

    private void TakeSubvolumes(PartitionSettings settings, SettingLine line)
    {
        foreach (string word in SplitWords(line))
        {
            if (Words.Split(word, ':', quotes: true) is not { Count: 1 or 2 } parts)
            {
                Warn(line, $"{word} is no PATH or PATH:FLAGS, ignored");
                continue;
            }

            if (ExpandPath(line, parts[0]) is not { } path)
                continue;
            SubvolumeSettings? subvolume = settings.Subvolumes.Find(known => known.Path == path);
            if (subvolume is null)
                settings.Subvolumes.Add(subvolume = new SubvolumeSettings(path));
            foreach (string flag in parts.Count > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : [])
            {
                if (flag == "ro")
                    subvolume.ReadOnly = true;
                else if (flag == "nodatacow")
                    subvolume.NoDataCow = true;
                else
                    Warn(line, $"the flag {flag} is not known, ignored");
            }
        }
    }

    private void TakeDefaultSubvolume(PartitionSettings settings, SettingLine line)
    {
        if (line.Value.Length == 0)
            settings.DefaultSubvolume = null;
        else
            settings.DefaultSubvolume = ExpandPath(line, line.Value) ?? settings.DefaultSubvolume;
    }

    private void TakeEncrypt(PartitionSettings settings, SettingLine line)
    {
        if (line.Value is ("tpm2" or "key-file+tpm2" or "tpm2+key-file") && context.Options.TpmDeviceKey is null)
        {
            throw Refuse(
                line,
                "there is no TPM while an image is made, and no --tpm2-device-key= names the public key of the machine's; name it, or use key-file and enrol the TPM on the machine with systemd-cryptenroll");
        }

        if (line.Value == "tpm2")
            settings.Encrypt = EncryptMode.Tpm2;
        else if (line.Value is "key-file+tpm2" or "tpm2+key-file")
            settings.Encrypt = EncryptMode.KeyFileAndTpm2;
        else if (line.Value is "key-file" || SystemdValues.ParseBoolean(line.Value) == true)
            settings.Encrypt = EncryptMode.KeyFile;
        else if (line.Value is "" || SystemdValues.ParseBoolean(line.Value) == false)
            settings.Encrypt = EncryptMode.Off;
        else
            Warn(line, "not one of off, key-file, tpm2, key-file+tpm2, ignored");
    }

    private void TakeKeyFile(PartitionSettings settings, SettingLine line)
    {
        if (line.Value.Length > 0 && !line.Value.StartsWith('/'))
            Warn(line, "not an absolute path, ignored");
        else
            settings.KeyFile = line.Value.Length == 0 ? null : line.Value;
    }

    private void TakeTpmRegisters(PartitionSettings settings, SettingLine line)
    {
        try
        {
            settings.TpmRegisters = TpmRegisterValue.Parse(line.Value);
        }
        catch (FormatException exception)
        {
            Warn(line, $"{exception.Message}, ignored");
        }
    }

    private void TakeKdf(PartitionSettings settings, SettingLine line)
    {
        if (line.Value is "" or "argon2id" or "pbkdf2" or "minimal")
            settings.EncryptKdf = line.Value.Length == 0 ? null : line.Value;
        else
            Warn(line, "not one of argon2id, pbkdf2, minimal, ignored");
    }

    private static void RefuseIntegrity(SettingLine line)
    {
        if (line.Value is not ("" or "off") && SystemdValues.ParseBoolean(line.Value) != false)
            throw Refuse(line, "authenticated encryption is written by the kernel on a mapped device, and none is mapped here");
    }

    private void TakeEncryptedVolume(PartitionSettings settings, SettingLine line)
    {
        if (line.Value.Length == 0)
        {
            settings.EncryptedVolume = null;
            return;
        }

        if (Words.Split(line.Value, ':', quotes: true) is not { Count: >= 1 and <= 4 } parts)
        {
            Warn(line, "not NAME:KEYFILE:OPTIONS:EXTRA, ignored");
            return;
        }

        if (parts[0].Contains('/', StringComparison.Ordinal))
        {
            Warn(line, "the name of a volume has no slash, ignored");
            return;
        }

        bool fixate = false;
        foreach (string extra in parts.Count > 3 ? parts[3].Split(',', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            if (extra == "fixate-volume-key")
                fixate = true;
            else
                Warn(line, $"the extra option {extra} is not known, ignored");
        }

        settings.EncryptedVolume = new EncryptedVolume(
            parts[0].Length == 0 ? null : parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2), fixate);
    }

    private void TakeMountPoint(PartitionSettings settings, SettingLine line)
    {
        if (line.Value.Length == 0)
        {
            settings.MountPoints.Clear();
            return;
        }

        if (Words.Split(line.Value, ':', quotes: true) is not { Count: 1 or 2 } parts)
            Warn(line, "not WHERE or WHERE:OPTIONS, ignored");
        else if (RootedPath.Simplify(parts[0]) is { } where)
            settings.MountPoints.Add((where, parts.Count > 1 && parts[1].Length > 0 ? parts[1] : null));
        else
            Warn(line, "not an absolute path without .., ignored");
    }

    private List<string> SplitWords(SettingLine line)
    {
        if (Words.Split(line.Value) is { } words)
            return words;
        Warn(line, "a quote that does not end, ignored");
        return [];
    }

    private string? Expand(SettingLine line, string text)
    {
        try
        {
            return Specifiers.Expand(text, MostPathBytes, context.Facts.Find);
        }
        catch (InvalidOperationException exception)
        {
            Warn(line, $"{exception.Message}, ignored");
            return null;
        }
    }

    private string? ExpandPath(SettingLine line, string text, bool keepTrailingSlash = false)
    {
        if (Expand(line, text) is not { } expanded)
            return null;
        string? path = RootedPath.Simplify(expanded, keepTrailingSlash);
        if (path is null)
            Warn(line, $"'{expanded}' is not an absolute path without .., ignored");
        return path;
    }
}
