"""How characters are read in names where that differs from a dictionary's first reading: facts, typed as tables."""

_SINGLE = """
万 wan|乐 yue le|乜 nie|云 yun|区 ou|华 hua|单 shan|卜 bu|召 shao|叶 ye|台 tai|员 yun|呙 guo|和 he|哈 ha|句 gou
勾 gou|褚 chu|尹 yin|尉 wei yu|干 gan|应 ying|强 qiang jiang|行 xing|撒 sa|折 she|查 zha|柏 bai bo|朴 piao pu
任 ren|曲 qu|曾 zeng|洗 xian|冼 xian|盖 ge gai|盛 sheng|相 xiang|石 shi|秘 bi|种 chong|祭 zhai|繁 po|纪 ji
缪 miao|翟 zhai di|能 nai|臧 zang|莘 shen xin|葛 ge|蔚 wei yu|薄 bo|覃 qin tan|解 xie|訾 zi|谌 chen shen|车 che
过 guo|那 na|郄 qie xi|郇 xun huan|郗 chi xi|都 du|重 chong|钭 tou|长 chang zhang|阚 kan|阿 a|隗 wei kui|陆 lu
降 jiang|幺 yao|要 yao|费 fei bi|贠 yun|颉 xie jie|黑 he hei|俞 yu|俱 ju|仇 qiu|会 gui|余 yu|佴 nai|侯 hou
冯 feng|夏 xia|娄 lou|宁 ning|宓 mi fu|宿 su|尧 yao|昝 zan|晁 chao|校 xiao|沈 shen|妫 gui|殷 yin|牟 mou mu|瞿 qu
粘 nian zhan|落 luo|贾 jia|逄 pang|燕 yan|蕃 bo fan|阴 yin|隽 juan|洪 hong|令 ling|危 wei|藏 zang|适 kuo|郝 hao
龙 long|伍 wu|沙 sha|汤 tang|丁 ding|谷 gu|景 jing|祝 zhu|诸 zhu|卡 ka|镡 xin tan
"""

_COMPOUND = """
尉迟 yu chi|万俟 mo qi|澹台 tan tai|长孙 zhang sun|鲜于 xian yu|令狐 ling hu|乐正 yue zheng|仲长 zhong zhang
单于 chan yu|皇甫 huang fu|夏侯 xia hou|宰父 zai fu|子车 zi ju|濮阳 pu yang|欧阳 ou yang|司马 si ma
上官 shang guan|诸葛 zhu ge|东方 dong fang|独孤 du gu|南宫 nan gong|闻人 wen ren|公羊 gong yang|赫连 he lian
宗政 zong zheng|公冶 gong ye|太叔 tai shu|申屠 shen tu|公孙 gong sun|慕容 mu rong|仲孙 zhong sun|钟离 zhong li
宇文 yu wen|司徒 si tu|司空 si kong|闾丘 lv qiu|亓官 qi guan|司寇 si kou|巫马 wu ma|颛孙 zhuan sun|壤驷 rang si
漆雕 qi diao|谷梁 gu liang|拓跋 tuo ba|轩辕 xuan yuan|段干 duan gan|百里 bai li|呼延 hu yan|东郭 dong guo
南门 nan men|羊舌 yang she|微生 wei sheng|梁丘 liang qiu|左丘 zuo qiu|西门 xi men|第五 di wu|南荣 nan rong
东里 dong li|即墨 ji mo|达奚 da xi|褚师 chu shi|端木 duan mu|淳于 chun yu|太史 tai shi
"""

_GIVEN = """
长 chang|茜 qian|乐 le|朝 chao|娜 na|卜 bu|盛 sheng|晟 sheng|参 shen|柏 bai|澄 cheng|重 chong|莎 sha|蔓 man|露 lu|奇 qi
勒 le|车 che|会 hui|合 he|臧 zang|行 xing|石 shi|宁 ning|菲 fei|翟 zhai|尔 er|仔 zai|咏 yong|楠 nan|柳 liu|贝 bei|宿 su
"""


def _rows(table: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for row in table.replace("\n", "|").split("|") if row.strip())
    return {name: tuple(readings) for name, *readings in rows}


# A character to its readings as a surname, the usual one first.
SINGLE = _rows(_SINGLE)
# Two characters to the reading of each.
COMPOUND = _rows(_COMPOUND)
# A character to its usual reading in a given name.
GIVEN = _rows(_GIVEN)
