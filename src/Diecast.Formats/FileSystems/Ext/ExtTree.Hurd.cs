using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <content>Passive translators of the Hurd, which have a block of their own.</content>
internal sealed partial class ExtTree
{
    /// <summary>Before the translator stands its length, in two bytes (ext2fs/inode.c, diskfs_set_translator).</summary>
    internal const int TranslatorHeaderSize = 2;

    internal static readonly FileName TranslatorName = "gnu.translator";

    private readonly List<ExtTranslator> _translators = [];

    private bool HasTranslatorBlocks => _options is { Creator: ExtCreator.Hurd, Translators: ExtTranslators.Block };

    /// <summary>The translator of an inode, or null.</summary>
    internal ExtTranslator? TranslatorOf(int place)
    {
        int low = 0;
        int high = _translators.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_translators[middle].Place < place)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _translators.Count && _translators[low].Place == place ? _translators[low] : null;
    }

    private void AddTranslator(Inode inode, int place)
    {
        if (!HasTranslatorBlocks || inode.Xattrs.Count == 0)
            return;
        foreach (Xattr xattr in inode.Xattrs)
        {
            if (xattr.Name != TranslatorName)
                continue;
            int limit = Math.Min(_options.BlockSize - TranslatorHeaderSize, ushort.MaxValue);
            if (xattr.Value.Length == 0 || xattr.Value.Length > limit)
                throw Refused(inode, $"the translator has {xattr.Value.Length} bytes; 1 to {limit} are possible");
            // Of other inodes e2fsck does not look for the block.
            if (inode is not (FileInode or DirectoryInode))
                throw Refused(inode, "a translator in a block is for files and directories; others have it as an attribute");
            _translators.Add(new ExtTranslator(place, xattr.Value));
        }
    }

    /// <summary>What is left of attributes for the attributes.</summary>
    private Xattrs WithoutTranslator(Xattrs xattrs) => HasTranslatorBlocks && xattrs.Any(x => x.Name == TranslatorName)
        ? Xattrs.Create(xattrs.Where(x => x.Name != TranslatorName))
        : xattrs;
}
