namespace Diecast.Systems;

/// <summary>/etc/hostname and the machine's own line in /etc/hosts.</summary>
internal static class HostName
{
    // HOST_NAME_MAX of the kernel, and a label's limit in RFC 1035 2.3.4.
    private const int MaximumLength = 64;
    private const int MaximumLabel = 63;

    private const string OwnAddress = "127.0.1.1";

    // As Debian's installer leaves it (netcfg).
    private const string DefaultHosts =
        "127.0.0.1\tlocalhost\n"
        + "\n"
        + "# The following lines are desirable for IPv6 capable hosts\n"
        + "::1     localhost ip6-localhost ip6-loopback\n"
        + "ff02::1 ip6-allnodes\n"
        + "ff02::2 ip6-allrouters\n";

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        string name = system.HostName ?? context.Name;
        if (!IsValid(name))
        {
            edit.Error(
                $"'{name}' cannot be a host name",
                "set hostName to labels of letters, digits and inner hyphens, at most 64 characters in all");
            return;
        }

        // hostname(5) wants a single label; the full name is what the own address resolves to.
        string label = name.Split('.')[0];
        edit.WriteText("/etc/hostname", label + "\n");
        string line = name == label ? $"{OwnAddress}\t{label}" : $"{OwnAddress}\t{name}\t{label}";
        string further = string.Concat(system.Hosts.Select(host => $"{host.Address}\t{string.Join(' ', host.Names)}\n"));
        edit.WriteText("/etc/hosts", WithOwnLine(edit.Tree.ReadText("/etc/hosts"), line) + further);
    }

    internal static bool IsValid(string name) =>
        name.Length is > 0 and <= MaximumLength && name.Split('.').All(IsLabel);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaximumLabel
        && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static string WithOwnLine(string? hosts, string line)
    {
        if (string.IsNullOrWhiteSpace(hosts))
            hosts = DefaultHosts;
        List<string> lines = [.. hosts.TrimEnd('\n').Split('\n').Where(l => Address(l) != OwnAddress)];
        int loopback = lines.FindLastIndex(l => Address(l) == "127.0.0.1");
        lines.Insert(loopback + 1, line);
        return string.Join('\n', lines) + "\n";
    }

    private static string Address(string line) => line.Split([' ', '\t'], 2)[0];
}
