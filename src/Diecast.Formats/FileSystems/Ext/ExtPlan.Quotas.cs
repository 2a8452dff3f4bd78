namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <summary>What each id uses: the sectors of its inodes, and inodes with one more for each value that is one.</summary>
    private void CountQuotas()
    {
        foreach ((_, ExtQuotaFile file) in _tree.Quotas)
        {
            file.Clear();
            foreach (int place in _tree.CountedPlaces())
            {
                ref ExtNode node = ref _tree.Nodes[place];
                int values = _features.Has(ExtFeature.XattrInodes) ? _tree.XattrsOf(node)?.ValueCount ?? 0 : 0;
                file.Add(ExtTree.QuotaId(node, file.Type), SectorsOf(place, node) * ExtFormat.SectorSize, 1 + values);
            }
        }
    }

    private void SetQuotas(Span<byte> superblock)
    {
        foreach ((int place, ExtQuotaFile file) in _tree.Quotas)
        {
            LayoutField field = file.Type switch
            {
                ExtQuotaTypes.User => ExtSuperblockLayout.UsrQuotaInum,
                ExtQuotaTypes.Group => ExtSuperblockLayout.GrpQuotaInum,
                _ => ExtSuperblockLayout.PrjQuotaInum,
            };
            field.Set(superblock, NumberOf(place));
        }
    }
}
