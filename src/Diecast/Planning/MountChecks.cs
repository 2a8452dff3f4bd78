using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>
/// What systemd-validatefs@.service compares with the partition that a file system is found in, so that none is mounted in the
/// place of another: extended attributes of the root directory.
/// </summary>
internal static class MountChecks
{
    /// <summary>Sets the attributes; a list without values sets none.</summary>
    internal static void Mark(DirectoryInode root, IEnumerable<string> labels, IEnumerable<Guid> types, IEnumerable<string> mountPoints)
    {
        Set("user.validatefs.gpt_label", labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Set("user.validatefs.gpt_type_uuid", types.Select(type => type.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Set("user.validatefs.mount_point", mountPoints);

        void Set(string name, IEnumerable<string> values)
        {
            string text = string.Concat(values.Select(value => value + '\0'));
            if (text.Length > 0)
                root.Xattrs = root.Xattrs.With(name, Encoding.UTF8.GetBytes(text));
        }
    }
}
